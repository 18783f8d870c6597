"""Checks the hash chain of log files independently of the library, as its second opinion.

Reads a case per line, {"files": [...], "anchors": [...]}, and prints for each the exit class
(0 intact, 1 altered, 2 incomplete, 3 unchecked) and the altered places.
"""
import collections
import hashlib
import json
import re
import sys
import zlib

LINK = re.compile(rb'[,{]"prev":"([0-9a-f]{64})"}\Z')
START = "0" * 64
# zstd, xz, bzip2
PACKED = (b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0", b"BZh")


def unpack(raw):
    """The content of a file, and whether it is "cut" or "damaged"."""
    data, is_gzip = b"", raw[:2] == b"\x1f\x8b"
    if raw.startswith(PACKED):
        raise OSError("compressed, and not with gzip")
    while raw and is_gzip:
        member = zlib.decompressobj(wbits=31)
        try:
            data += member.decompress(raw)
        except zlib.error:
            return data, "damaged"
        if not member.eof:
            return data, "cut"
        raw = member.unused_data
    return data + raw, None


def verify(files, anchors):
    altered, unread, cut, lonely, first_lines, known = [], False, [], [], {}, set()
    after = collections.defaultdict(set)
    for file in files:
        try:
            data, ending = unpack(open(file, "rb").read())
        except OSError:
            unread = True
            continue
        *lines, rest = data.split(b"\n")
        before, offset, is_chained = None, 0, False
        for line in lines:
            digest, found = hashlib.sha256(line).hexdigest(), LINK.search(line)
            prev = found and found[1].decode()
            if before is None:
                first_lines[digest] = prev
            elif prev != before and (prev or is_chained):
                altered.append([file, offset])
            after[prev].add(digest)
            known.add(digest)
            before, offset, is_chained = digest, offset + len(line) + 1, bool(is_chained or prev)
        altered += [[file, offset]] * (ending == "damaged")
        cut += [before] * bool(before and (rest or ending))
        lonely += [before] * bool(before and not is_chained)
    if altered or any(len(after[prev]) > 1 for prev in after if prev not in (START, None)):
        return 1, altered
    if unread or not set(lonely) <= set(first_lines.values()):
        return 3, []
    roots = [line for line, prev in first_lines.items() if prev not in known]
    return 2 * (len(roots) > 1 or not set(cut) <= set(after) or not set(anchors) <= known | set(first_lines.values())), []


for case in map(json.loads, sys.stdin):
    print(json.dumps(verify(case["files"], case["anchors"])))
