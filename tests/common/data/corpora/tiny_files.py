"""Small files of the sets' own layouts."""

import gzip
import lzma
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path


class Maker:
    """Writes small files of the sets' own layouts; text is given as one string a file."""

    def __init__(self, folder: Path):
        self.folder = folder

    def packed(self, name: str, text: str) -> Path:
        """Compressed as the name's ending says."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pack = {".gz": gzip.compress, ".xz": lzma.compress}.get(path.suffix, bytes)
        path.write_bytes(pack(text.encode()))
        return path

    def zipped(self, name: str, members: dict[str, str]) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            for member, text in members.items():
                archive.writestr(member, text)
        return path

    def tarred(self, name: str, members: dict[str, str | bytes]) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = "w:xz" if name.endswith(".xz") else "w:gz" if name.endswith(("gz",)) else "w"
        with tarfile.open(path, mode) as archive:
            for member, content in members.items():
                entry = tarfile.TarInfo(member)
                data = content.encode() if isinstance(content, str) else content
                entry.size = len(data)
                archive.addfile(entry, BytesIO(data))
        return path
