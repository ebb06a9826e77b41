"""Files of a corpus folder → Documents; a new format is one module and one line in `LOADERS`."""

from briefbot.load.file import EXTENSIONS, LOADERS, load_document, printable
from briefbot.load.folder import (
    FileRead,
    Known,
    LoadedCorpus,
    corpus_files,
    corpus_root,
    load_corpus,
    nothing_readable,
    read_files,
)
from briefbot.load.repeats import Repeats
from briefbot.load.source import Limits

__all__ = [
    "EXTENSIONS",
    "LOADERS",
    "FileRead",
    "Known",
    "Limits",
    "LoadedCorpus",
    "Repeats",
    "corpus_files",
    "corpus_root",
    "load_corpus",
    "load_document",
    "nothing_readable",
    "printable",
    "read_files",
]
