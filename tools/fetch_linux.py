#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fetch the stock Debian 12 arm64 kernel and busybox, and make an initramfs of them.

The result is a directory (``$EMU_GUESTS``, else ``~/.cache/emu-guests``) that holds

    vmlinuz               the kernel of linux-image-arm64's current package, unmodified
    config                what it was built with
    busybox               /bin/busybox of busybox-static:arm64
    initramfs.cpio.gz     made here, reproducibly, from busybox, INIT and data files
    guests.json           package names, versions, SHA-256 of every file above

apt runs with lists, cache and sources of its own inside that directory: neither root nor a foreign
architecture in the host's dpkg is needed, and the host's apt state is not touched. Downloads are
verified by apt against the Debian archive key.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KERNEL = "linux-image-arm64"
BUSYBOX = "busybox-static"
MIRROR = os.environ.get("EMU_DEBIAN_MIRROR", "http://deb.debian.org")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SOURCES = """\
deb {options} {mirror}/debian bookworm main
deb {options} {mirror}/debian bookworm-updates main
deb {options} {mirror}/debian-security bookworm-security main
"""

PROMPT = "guest# "
INIT = f"""\
#!/bin/sh
# PID 1: mounts, one greeting, then a login-like shell on the console for ever.
export PATH=/bin HOME=/root TERM=dumb PS1='{PROMPT}'
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /tmp
hostname guest
cd /root
echo "initramfs: Linux $(uname -r) is up, busybox $(busybox | sed -n '1s/^BusyBox \\(v[^ ]*\\).*/\\1/p')"
# guest.run="COMMANDS" on the kernel's command line: do that first.
run=$(sed -n 's/.*guest\\.run="\\([^"]*\\)".*/\\1/p' /proc/cmdline)
[ -z "$run" ] || sh -c "$run"
# A session and a controlling terminal of its own: job control works, Ctrl-C reaches the foreground job.
while :; do
    setsid cttyhack sh
done
"""

# Applets that get a symlink in /bin. busybox can list them itself, but only on an Arm CPU.
APPLETS = """\
ash awk base64 basename bc bunzip2 bzcat bzip2 cat chmod chown chroot clear cmp cp cpio cttyhack cut date dc dd df diff
dirname dmesg dos2unix du echo ed env expand expr factor false find fold free getopt grep gunzip gzip head hexdump
hostname id ifconfig ip kill killall less ln ls lsmod lzcat md5sum mkdir mkfifo mknod mktemp modprobe more mount mv nc
nice nl nohup od paste patch pidof ping poweroff printf ps pwd readlink realpath reboot reset rev rm rmdir sed seq
setsid sh sha1sum sha256sum sha3sum sha512sum shuf sleep sort split stat strings stty sum sync sysctl tac tail tar tee
test time timeout top touch tr true truncate tty umount uname uniq unxz uptime usleep vi watch wc wget which whoami
xargs xxd xzcat yes zcat
""".split()  # noqa: SIM905

# Data files for checks in the guest: name, bytes. Contents come from sha256_stream.
DATA_FILES = (("small", 1000), ("large", 2 * 1024 * 1024))


class FetchError(Exception):
    """A package can't be had; the text says which and why, in one line."""


def guest_dir() -> Path:
    """Return the directory where guests are kept (it may not exist yet)."""
    return Path(os.environ.get("EMU_GUESTS") or Path.home() / ".cache" / "emu-guests").absolute()


# -- apt ---------------------------------------------------------------------------------------------------------------

class Apt:
    """apt with its own architecture, sources, lists and cache below `root`."""

    def __init__(self, root: Path) -> None:
        for name in ("lists/partial", "cache/archives/partial", "debs"):
            (root / name).mkdir(parents=True, exist_ok=True)
        (root / "status").touch()
        options = f"[arch=arm64 signed-by={KEYRING}]" if KEYRING.exists() else "[arch=arm64]"
        (root / "sources.list").write_text(SOURCES.format(options=options, mirror=MIRROR.rstrip("/")))
        self.debs = root / "debs"
        settings = {
            "APT::Architecture": "arm64",
            "APT::Architectures::": "arm64",
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "Dir::State": root,
            "Dir::State::lists": root / "lists",
            "Dir::State::status": root / "status",
            "Dir::Cache": root / "cache",
            "Dir::Etc::sourcelist": root / "sources.list",
            "Dir::Etc::sourceparts": "-",
        }
        self.options = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]

    def run(self, tool: str, *words: str) -> str:
        """Run apt-get or apt-cache and return its stdout. Raises FetchError with apt's first error line."""
        command = [tool, *self.options, "-q", *words]
        try:
            done = subprocess.run(command, cwd=self.debs, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise FetchError(f"{tool} is not installed (a Debian-like host is needed)") from None
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if line.startswith("E:")]
            raise FetchError(f"{tool} {' '.join(words)}: {errors[0] if errors else f'exit {done.returncode}'}")
        return done.stdout

    def kernel_package(self) -> str:
        """Return the real package that the meta package linux-image-arm64 depends on."""
        for line in self.run("apt-cache", "depends", "--important", KERNEL).splitlines():
            word = line.split()[-1]
            if line.strip().startswith("Depends:") and word.startswith("linux-image-"):
                return word
        raise FetchError(f"{KERNEL} depends on no linux-image package")

    def download(self, package: str) -> Path:
        """Download `package` and return its .deb file."""
        self.run("apt-get", "download", f"{package}:arm64")
        found = sorted(self.debs.glob(f"{package}_*.deb"), key=lambda path: path.stat().st_mtime)
        if not found:
            raise FetchError(f"apt-get download {package} left no .deb file")
        return found[-1]


def extract(deb: Path, wanted: dict[str, Path]) -> None:
    """Copy members of `deb` whose path starts with a key of `wanted` to the file that is its value."""
    left = dict(wanted)
    with (subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE) as pipe,
          tarfile.open(fileobj=pipe.stdout, mode="r|") as tar):
        for member in tar:
            key = next((key for key in left if member.isfile() and member.name.startswith(key)), None)
            source = tar.extractfile(member) if key else None
            if key and source:
                with left.pop(key).open("wb") as target:
                    shutil.copyfileobj(source, target)
    if left:
        raise FetchError(f"{deb.name} holds no {', '.join(left)}")


def fetch(directory: Path) -> dict[str, str]:
    """Fetch kernel and busybox into `directory`; return package name → version."""
    with tempfile.TemporaryDirectory(prefix="apt-", dir=directory) as scratch:
        apt = Apt(Path(scratch))
        apt.run("apt-get", "update")
        kernel = apt.download(apt.kernel_package())
        busybox = apt.download(BUSYBOX)
        extract(kernel, {f"./boot/{name}-": directory / name for name in ("vmlinuz", "config")})
        extract(busybox, {"./bin/busybox": directory / "busybox"})
        return dict(deb.name.split("_")[:2] for deb in (kernel, busybox))


# -- the initramfs -----------------------------------------------------------------------------------------------------

@dataclass
class Node:
    """One file of the archive: type and permission bits as in st_mode, contents, device number if it is one."""

    path: str
    mode: int
    data: bytes = b""
    device: tuple[int, int] = (0, 0)


def sha256_stream(name: str, size: int) -> bytes:
    """Return `size` bytes that depend on `name` alone and do not compress."""
    blocks = (hashlib.sha256(f"{name} {n}".encode()).digest() for n in range(-(-size // 32)))
    return b"".join(blocks)[:size]


def nodes(busybox: bytes) -> Iterator[Node]:
    """Yield every file of the initramfs, directories before what they hold."""
    for path in ("bin", "dev", "proc", "root", "sys", "tmp", "data"):
        yield Node(path, 0o040755)
    yield Node("dev/console", 0o020600, device=(5, 1))  # the kernel opens it before /init can mount devtmpfs
    yield Node("init", 0o100755, INIT.encode())
    yield Node("bin/busybox", 0o100755, busybox)
    for applet in APPLETS:
        yield Node(f"bin/{applet}", 0o120777, b"busybox")
    sums = ""
    for name, size in DATA_FILES:
        data = sha256_stream(name, size)
        sums += f"{hashlib.sha256(data).hexdigest()}  /data/{name}\n"
        yield Node(f"data/{name}", 0o100644, data)
    yield Node("data/SHA256SUMS", 0o100644, sums.encode())


def cpio_entry(number: int, node: Node) -> bytes:
    """Return one member in the "new ASCII" (newc) form of cpio(5): times and owners are zero."""
    name = node.path.encode() + b"\0"
    links = 2 if node.mode & 0o170000 == 0o040000 else 1
    fields = (number, node.mode, 0, 0, links, 0, len(node.data), 0, 0, *node.device, len(name), 0)
    header = b"070701" + b"".join(b"%08X" % field for field in fields)
    return pad4(header + name) + pad4(node.data)


def pad4(data: bytes) -> bytes:
    """Return `data` with zeros up to a multiple of 4 bytes."""
    return data + bytes(-len(data) % 4)


def initramfs(busybox: bytes) -> bytes:
    """Return the gzip'd archive; the same busybox always gives the same bytes."""
    members = [*nodes(busybox), Node("TRAILER!!!", 0)]
    archive = b"".join(cpio_entry(number, node) for number, node in enumerate(members, 1))
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as packed:
        packed.write(archive)
    return buffer.getvalue()


# -- the command -------------------------------------------------------------------------------------------------------

def ensure(directory: Path, refresh: bool = False) -> None:
    """Make `directory` complete: fetch what is missing (everything if `refresh`), then build the initramfs."""
    directory.mkdir(parents=True, exist_ok=True)
    manifest = directory / "guests.json"
    fetched = [directory / name for name in ("vmlinuz", "config", "busybox")]
    if refresh or not manifest.exists() or not all(path.exists() for path in fetched):
        packages = fetch(directory)
    else:
        packages = json.loads(manifest.read_text())["packages"]
    archive = directory / "initramfs.cpio.gz"
    write_if_changed(archive, initramfs((directory / "busybox").read_bytes()))
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in [*fetched, archive]}
    write_if_changed(manifest, (json.dumps({"packages": packages, "sha256": sums}, indent=2) + "\n").encode())


def write_if_changed(path: Path, data: bytes) -> None:
    """Replace `path` by `data` in one step, unless it holds that already."""
    if path.exists() and path.read_bytes() == data:
        return
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    partial.write_bytes(data)
    partial.replace(path)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dir", type=Path, default=guest_dir(), help="where to put the guests (%(default)s)")
    parser.add_argument("--refresh", action="store_true", help="fetch again even if nothing is missing")
    args = parser.parse_args()
    try:
        ensure(args.dir, args.refresh)
    except (FetchError, OSError) as error:
        print(f"fetch_linux: {error}", file=sys.stderr)
        return 1
    print(args.dir)
    return 0


if __name__ == "__main__":
    sys.exit(main())
