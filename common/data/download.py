"""One file over HTTP: goes on where an earlier try broke off, and tells what may pass from what will not."""

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path

import requests
import urllib3

from common.atomic import write_json
from common.data.registry import Digests, File
from common.data.verify import mismatch
from common.progress import Progress

CHUNK = 1 << 16  # bytes; what a broken connection can cost
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})  # what a server may answer differently a moment later


@dataclass(frozen=True)
class Patience:
    """How long to put up with a server. connect, read: seconds of silence; pause: before the second try, doubled each time."""

    tries: int = 4  # in a row that bring nothing new
    connect: float = 15.0
    read: float = 60.0
    pause: float = 1.0
    redirects: int = 8


class AddressError(Exception):
    """This address will not give the file."""


class BrokenTryError(Exception):
    """This try failed; the next one may not."""


def download(url: str, file: File, partial: Path, patience: Patience, shown: Progress, pinned: Digests | None = None) -> None:
    """Leaves the whole, verified file at `partial`, from whose end it goes on. pinned: as `mismatch`.

    Raises AddressError where this address does not give the file, and OSError where the disk does not take it.
    """
    pause, failed, furthest, failure = patience.pause, 0, _size(partial), ""
    with requests.Session() as session:
        session.max_redirects = patience.redirects
        while failed < patience.tries:
            if failure:
                shown.line(f"{url}: {failure}; trying again in {pause:g} s")
                time.sleep(pause)
                pause *= 2
            resumed = _size(partial) > 0
            try:
                _receive(session, url, file, partial, patience, shown)
            except BrokenTryError as error:
                failure, failed = str(error), failed + 1
                if _size(partial) > furthest:
                    furthest, failed, pause = _size(partial), 1, patience.pause
                continue
            wrong = mismatch(partial, file, pinned)
            if wrong is None:
                _validator_path(partial).unlink(missing_ok=True)
                return
            _forget(partial)
            if not resumed:
                raise AddressError(wrong)
            failure, failed = f"what was continued is not right ({wrong})", failed + 1
    raise AddressError(f"{failure}, after {failed} tries")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _validator_path(partial: Path) -> Path:
    """Holds the address and the ETag of what `partial` is the start of."""
    return partial.with_suffix(".etag")


def _forget(partial: Path) -> None:
    partial.unlink(missing_ok=True)
    _validator_path(partial).unlink(missing_ok=True)


def _request_headers(url: str, file: File, partial: Path) -> dict[str, str]:
    """With a range where `partial` may be continued: a hash will tell, or the server can tell that nothing has changed."""
    headers = {"Accept-Encoding": "identity", "User-Agent": "road-to-attention"}
    have = _size(partial)
    etag = None
    if have and _validator_path(partial).exists():
        saved = json.loads(_validator_path(partial).read_text(encoding="utf-8"))
        etag = saved["etag"] if saved["url"] == url else None
    if have and (file.hashes() or etag):
        headers["Range"] = f"bytes={have}-"
        if etag:
            headers["If-Range"] = etag
    return headers


def _receive(session: requests.Session, url: str, file: File, partial: Path, patience: Patience, shown: Progress) -> None:
    """One request. Raises BrokenTryError or AddressError."""
    have = _size(partial)
    if have and have == file.bytes:
        return
    headers = _request_headers(url, file, partial)
    try:
        with session.get(url, headers=headers, stream=True, timeout=(patience.connect, patience.read)) as response:
            if response.status_code == 416:  # shorter than what we have
                _forget(partial)
            if response.status_code != 206:  # the server ignores ranges, or the file has changed since
                have = 0
            total = _total(response, file, have)
            if not have:
                etag = response.headers.get("ETag", "")
                write_json(_validator_path(partial), {"url": url, "etag": etag if etag.startswith('"') else None})
            _write(response, partial, have, total, shown)
    except requests.TooManyRedirects:
        raise AddressError(f"redirects in a circle, or more than {patience.redirects} times") from None
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        raise BrokenTryError(f"silent for {patience.read:g} s") from None
    except (requests.ConnectionError, urllib3.exceptions.HTTPError) as error:
        raise BrokenTryError(f"the connection failed or broke off ({type(error).__name__})") from None
    except requests.RequestException as error:
        raise AddressError(str(error)) from None


def _total(response: requests.Response, file: File, have: int) -> int | None:
    """The size of the whole file as the server and the registry agree on it; None if neither knows."""
    status = f"{response.status_code} {response.reason}"
    if response.status_code in AGAIN or response.status_code == 416:
        raise BrokenTryError(status)
    if response.status_code not in (200, 206):
        raise AddressError(status)
    offered: str | None = response.headers.get("Content-Length")
    if response.status_code == 206:
        sent = re.fullmatch(rf"bytes {have}-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        if not have or not sent:
            raise AddressError(f"{status}, but not the range that was asked for")
        offered = sent[1]
    total = int(offered) if offered and offered.isdigit() else None
    if None not in (total, file.bytes) and total != file.bytes:
        raise AddressError(f"offers {total:,} bytes, expected {file.bytes:,}")
    return file.bytes if total is None else total


def _write(response: requests.Response, partial: Path, have: int, total: int | None, shown: Progress) -> None:
    with partial.open("ab" if have else "wb") as out, shown:
        # Raw, for some servers call a .tgz a compressed tar, and requests would unpack it.
        for chunk in response.raw.stream(CHUNK, decode_content=False):
            if total is not None and have + len(chunk) > total:
                raise AddressError(f"sends more than the {total:,} bytes of the file")
            out.write(chunk)
            have += len(chunk)
            if total is not None:
                shown.update(round(have / 1e6, 1), total / 1e6, "MB")
    if total is not None and have < total:
        raise BrokenTryError(f"broke off after {have:,} of {total:,} bytes")
