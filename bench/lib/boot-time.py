#!/usr/bin/env python3
"""Boots an image on QEMU's machine virt, without changing it, until systemd has started everything.

    boot-time.py IMAGE [--memory MIB] [--counted] [--words WORDS] [--log FILE]

Prints seconds from power-on, and for a live image a line `STEP SECONDS` for each step of its /init. The image is for arm64, its kernel
is kernel8.img with initramfs8, and root logs in at the serial console without a password.
"""
import argparse
import json
import os
import re
import select
import subprocess
import sys
import tempfile
import time

LIMIT = 600


def boot_volume(image):
    """Offset in bytes of the first partition."""
    with open(image, "rb") as file:
        table = file.read(512)
    return 512 * int.from_bytes(table[454:458], "little")


def copy_out(image, name, folder):
    target = os.path.join(folder, name)
    subprocess.run(["mcopy", "-n", "-o", "-i", f"{image}@@{boot_volume(image)}", "::/" + name, target], check=True,
                   env=dict(os.environ, MTOOLS_SKIP_CHECK="1"))
    return target


def words_of(text, extra):
    """The kernel command line; a first-boot script in place of init has no business here, and norandmaps spares QEMU minutes."""
    words = [word for word in text.split() if not re.match(r"(console|init)=", word)]
    return " ".join(words + ["console=ttyAMA0,115200", "norandmaps", extra])


class Guest:
    def __init__(self, arguments, log):
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.log, self.text, self.end = log, "", time.monotonic() + LIMIT

    def expect(self, pattern):
        """Waits for a pattern in what came since the last one."""
        while not (found := re.search(pattern, self.text)):
            if time.monotonic() > self.end:
                sys.exit(f"{pattern} did not come in {LIMIT} s; last: {self.text[-300:]}")
            if select.select([self.process.stdout], [], [], 1)[0]:
                data = os.read(self.process.stdout.fileno(), 65536)
                if not data:
                    sys.exit(f"QEMU ended; last: {self.text[-300:]}")
                self.log.write(data)
                self.text += data.decode("ascii", "replace").replace("\r", "")
        self.text = self.text[found.end():]
        return found

    def send(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("image")
    parser.add_argument("--memory", type=int, default=1024)
    parser.add_argument("--counted", action="store_true", help="time by instructions, one a nanosecond, whatever the host is busy with")
    parser.add_argument("--words", default="")
    parser.add_argument("--log", default=os.devnull)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open(options.log, "wb") as log:
        kernel, initramfs, words = (copy_out(options.image, name, folder) for name in ("kernel8.img", "initramfs8", "cmdline.txt"))
        with open(words, encoding="ascii") as file:
            command_line = words_of(file.read(), options.words)
        start = time.monotonic()
        guest = Guest(["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", str(options.memory),
                       *(["-icount", "shift=0,sleep=off"] if options.counted else ["-accel", "tcg,thread=multi"]), "-kernel", kernel, "-initrd", initramfs, "-append", command_line,
                       "-drive", f"if=none,id=card,file={options.image},format=raw,snapshot=on", "-device", "virtio-blk-pci,drive=card",
                       "-nic", "none", "-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"], log)
        try:
            guest.expect(r"login: ")
            guest.send("root")
            guest.expect(r"# ")
            guest.send("systemctl is-system-running --wait; echo system-is-$((1 + 1))")
            guest.expect(r"system-is-2\n")
            print(f"{time.monotonic() - start:.2f}")
            guest.send("cat /run/rpilive/status.json 2>/dev/null; echo status-is-$((1 + 1))")
            text = guest.expect(r"(?s)(.*)status-is-2\n").group(1)
        finally:
            guest.process.kill()
    status = re.search(r"\{\"schema\".*\}", text)
    for step in json.loads(status.group())["steps"] if status else []:
        print(step["name"], step["seconds"])


main()
