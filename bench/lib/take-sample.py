#!/usr/bin/env python3
"""Writes a sample of the files below a directory to standard output, the same for the same files.

    take-sample.py DIRECTORY MIB
"""
import os
import random
import stat
import sys

LARGEST = 4 << 20  # of one file, so that no single one makes up the sample

root, wanted = sys.argv[1], int(sys.argv[2]) << 20
files = []
for folder, folders, names in os.walk(root):
    folders.sort()
    for name in sorted(names):
        path = os.path.join(folder, name)
        if stat.S_ISREG(os.lstat(path).st_mode):
            files.append(path)
random.Random(1).shuffle(files)
for path in files:
    if wanted <= 0:
        break
    with open(path, "rb") as file:
        content = file.read(min(LARGEST, wanted))
    sys.stdout.buffer.write(content)
    wanted -= len(content)
