#!/usr/bin/env python3
"""Makes a stock image whose root has a known number of files.

    make-stock.py OUT.img [--files N] [--large N] [--large-mib M]

The layout is Raspberry Pi OS'; kernel, modules and busybox are only what RpiLive looks at, so the image cannot boot. The
content is text that compresses about as programs do, the same at every run. Needs sfdisk, mkfs.vfat, mcopy and mke2fs.
"""
import argparse
import os
import pathlib
import random
import struct
import subprocess
import tempfile

MIB = 1 << 20
BOOT_START, BOOT_LENGTH = 4 * MIB, 32 * MIB
RELEASE = "6.12.47+rpt-rpi-v8"
AARCH64, EXECUTABLE, RELOCATABLE = 183, 2, 1
# What the boot asks of busybox: RequiredApplets in src/RpiLive.Core/Imaging/Initramfs/BusyBox.cs.
APPLETS = """blockdev cat chmod chown chroot cut date dd df find grep head hexdump ln losetup mkdir modprobe mount mv readlink reboot
    rm sed setsid sh sha256sum sleep sort stat switch_root sync tail tr umount uname xargs""".split()


def elf(kind, sections):
    """A 64-bit ELF file of sections alone; what runs has one segment over all of it."""
    names = b"\0" + b"".join(name.encode() + b"\0" for name, _ in sections) + b".shstrtab\0"
    sections = [*sections, (".shstrtab", names)]
    segments = 1 if kind == EXECUTABLE else 0
    body, places = bytearray(64 + 56 * segments), []
    for _, content in sections:
        body += bytes(-len(body) % 8)
        places.append(len(body))
        body += content
    body += bytes(-len(body) % 8)
    table, name_at = bytearray(64), 1
    for (name, content), place in zip(sections, places):
        table += struct.pack("<IIQQQQIIQQ", name_at, 3 if name == ".shstrtab" else 1, 0, 0, place, len(content), 0, 0, 1, 0)
        name_at += len(name) + 1
    body[:64] = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", kind, AARCH64, 1, 0, 64 * segments, len(body), 0, 64, 56,
                            segments, 64, len(sections) + 1, len(sections))
    if segments:
        body[64:120] = struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, len(body), len(body), 4096)
    return bytes(body + table)


def kernel():
    image = bytearray(200_000)
    image[0:2], image[56:60] = b"MZ", b"ARMd"
    banner = f"Linux version {RELEASE} (builder@host) (gcc) #1 SMP\n\0".encode()
    image[2000:2022] = b"Linux version %s (%s)\0"
    image[100_000:100_000 + len(banner)] = banner
    return bytes(image)


def put(root, files):
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content if isinstance(content, bytes) else content.encode())


def base(boot, root):
    """What RpiLive wants to see in a stock image."""
    busybox = elf(EXECUTABLE, [(".rodata", b"\0" + b"".join(name.encode() + b"\0" for name in sorted(APPLETS)) + b"\0")])
    module = elf(RELOCATABLE, [(".modinfo", f"license=GPL\0vermagic={RELEASE} SMP preempt mod_unload\0".encode()),
                               (".strtab", b"\0init_module\0")])
    modules = f"usr/lib/modules/{RELEASE}/"
    put(boot, {
        "config.txt": "auto_initramfs=1\narm_64bit=1\n",
        "cmdline.txt": "console=tty1 root=PARTUUID=5eed0b00-02 rootfstype=ext4 rootwait\n",
        "start4.elf": bytes(3000), "kernel8.img": kernel()})
    put(root, {
        "usr/bin/busybox": busybox, "usr/lib/systemd/systemd": busybox,
        "etc/os-release": 'ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n',
        "etc/rpi-issue": "Raspberry Pi reference\n", "etc/machine-id": "uninitialized\n", "var/lib/dpkg/arch": "arm64\n",
        "etc/fstab": "PARTUUID=5eed0b00-01 /boot/firmware vfat defaults 0 2\nPARTUUID=5eed0b00-02 / ext4 defaults 0 1\n",
        f"boot/config-{RELEASE}": "CONFIG_SQUASHFS=m\nCONFIG_SQUASHFS_ZSTD=y\n",
        modules + "modules.dep": "kernel/squashfs.ko:\nkernel/overlay.ko:\n",
        modules + "modules.builtin": "kernel/loop.ko\nkernel/vfat.ko\nkernel/nls_cp437.ko\nkernel/nls_ascii.ko\n",
        modules + "modules.alias": "", modules + "modules.softdep": "",
        modules + "kernel/squashfs.ko": module, modules + "kernel/overlay.ko": module})
    (root / "usr/sbin").mkdir()
    (root / "usr/sbin/init").symlink_to("../lib/systemd/systemd")
    (root / "sbin").symlink_to("usr/sbin")
    (root / "lib").symlink_to("usr/lib")


def fill(root, files, large, large_length):
    rng = random.Random(20250615)
    # Random words of many lengths, some often and most rarely: a third of its size at zstd's middle levels.
    words = [bytes(rng.choices(range(33, 127), k=rng.randint(2, 9))) for _ in range(20_000)]
    weights = [0.0]
    for rank in range(1, len(words) + 1):
        weights.append(weights[-1] + 1 / rank)
    weights = weights[1:]

    def text(length):
        parts = []
        while length > 0:
            part = b" ".join(rng.choices(words, cum_weights=weights, k=max(1, min(length, MIB) // 6)))[:length]
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    for i in range(files):
        put(root, {f"srv/small/{i // 100:03}/{i:06}.txt": text(rng.randint(1 << 10, 20 << 10))})
    for i in range(large):
        put(root, {f"srv/large/{i}.bin": text(large_length)})


def run(*command, **options):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL, **options)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--files", type=int, default=0)
    parser.add_argument("--large", type=int, default=0)
    parser.add_argument("--large-mib", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=pathlib.Path(arguments.out).resolve().parent) as folder:
        boot, root = pathlib.Path(folder, "boot"), pathlib.Path(folder, "root")
        boot.mkdir()
        root.mkdir()
        base(boot, root)
        fill(root, arguments.files, arguments.large, arguments.large_mib * MIB)
        used = sum(path.lstat().st_size + 4096 for path in root.rglob("*"))
        root_start, root_length = BOOT_START + BOOT_LENGTH, (used * 5 // 4 // MIB + 16) * MIB
        open(arguments.out, "wb").close()
        os.truncate(arguments.out, root_start + root_length)
        table = "label: dos\nlabel-id: 0x5eed0b00\n" + "".join(
            f"start={start // 512}, size={length // 512}, type={kind}\n"
            for start, length, kind in ((BOOT_START, BOOT_LENGTH, "c"), (root_start, root_length, "83")))
        run("sfdisk", "--quiet", arguments.out, input=table.encode())
        # mkfs.vfat takes all up to the end of the file.
        os.truncate(arguments.out, root_start)
        run("mkfs.vfat", "-F", 16, "-n", "BOOTFS", "--offset", BOOT_START // 512, arguments.out)
        run("mcopy", "-i", f"{arguments.out}@@{BOOT_START}", *boot.iterdir(), "::")
        os.truncate(arguments.out, root_start + root_length)
        run("mke2fs", "-q", "-F", "-t", "ext4", "-L", "rootfs", "-E", f"offset={root_start}", "-d", root, arguments.out,
            f"{root_length // 1024}k")


main()
