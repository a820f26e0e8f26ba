#!/usr/bin/env python3
"""Compresses the blocks of a file by the C library zlib and prints the packed bytes and the seconds that took.

    gzip-blocks.py FILE LEVEL BLOCK-SIZE
"""
import sys
import time
import zlib

sample = open(sys.argv[1], "rb").read()
level, length = int(sys.argv[2]), int(sys.argv[3])
blocks = [sample[at:at + length] for at in range(0, len(sample), length)]
start = time.perf_counter()
# SquashFS stores what does not shrink as it is.
packed = sum(min(len(block), len(zlib.compress(block, level))) for block in blocks)
print(packed, f"{time.perf_counter() - start:.4f}")
