"""Texts as numbers: characters, bytes, or groups of bytes that were learned from a text. Not a part.

Groups are learned by byte pair encoding: beginning with the 256 bytes, the two tokens that follow one another most
often become one, until there are as many as wanted; no token reaches from one word into another. The names of the
tokens, in their order, tell all that is needed to cut another text in just the same way.

Source:
    R. Sennrich, B. Haddow, A. Birch, Neural machine translation of rare words with subword units, ACL 2016; bytes and
    words as in A. Radford et al., Language models are unsupervised multitask learners, 2019.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from netdesigner.errors import DataError, MissingExtraError
from netdesigner.parts.dataset import Dataset, DataSpec, Progress
from netdesigner.parts.part import Param, param
from netdesigner.parts.tokens import NEWLINE, bytes_of, name_of, parts_of

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "PRINTABLE",
    "TextDataset",
    "Tokens",
    "blocks_of",
    "known_tokens",
    "learn_names",
    "learned",
    "numbers_of",
]

PRINTABLE = "".join(map(chr, range(32, 127)))
"""ASCII's: the same tokens for all pairs of texts, so that a network for some takes others."""
_CHARACTERS = f"\n{PRINTABLE}"
"""Newline and printable ASCII: the same 96 tokens for every text, so that networks for one text take another."""
_OTHER = _CHARACTERS.index("?")
_BYTES = 256
_BLOCK = 2**16
_TOGETHER = 16


class Tokens(NamedTuple):
    """What texts are cut into.

    Attributes:
        names: of the tokens, in the order of their numbers.
        cut: the numbers of each of some texts, int64.
    """

    names: tuple[str, ...]
    cut: Callable[[Sequence[str]], list[np.ndarray]]


class TextDataset(Dataset):
    """Texts that are cut into tokens as the user says.

    Args:
        known: the tokens of a run that was trained on these data; nothing is learned anew then.
        values: the parameters.
    """

    tokens: str = param(
        "characters",
        choices=("characters", "bytes", "bpe"),
        help="characters: newline and printable ASCII, others as ?; bytes: the 256 bytes of UTF-8, for any language; "
        "bpe: groups of bytes that often stand together, learned from the text for training",
    )
    vocabulary: int = param(
        1024,
        min=257,
        max=262_144,
        unit="tokens",
        help="of bpe: how many tokens there are, the 256 bytes among them; fewer where the text gives no more",
    )

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        """The parameters in the order of the form: which texts, then what they are cut into; tokens are not scaled."""
        each = (replace(one, advanced=one.advanced or one.field == "normalize") for one in super().params())
        return tuple(sorted(each, key=_late))

    def __init__(self, *, known: tuple[str, ...] = (), **values: Any) -> None:
        """Makes a data set; raises as making any part."""
        super().__init__(**values)
        self.__dict__["known"] = known

    @property
    def at_once(self) -> bool:
        """Whether `describe` reads nothing that takes time; what is to be learned does."""
        return self.embedded and self.tokens != "bpe"

    def with_known(self, spec: DataSpec) -> Self:
        """The same data set with the tokens of a run, where they were learned."""
        names = self._learned_of(spec)
        if self.tokens != "bpe" or names[:_BYTES] != known_tokens("bytes").names:
            return self
        return self.with_fields(known=names)

    def _learned_of(self, spec: DataSpec) -> tuple[str, ...]:
        """The learned tokens among the names of a run's data."""
        raise NotImplementedError

    def _cutter(self, training: Iterable[str]) -> Tokens:
        """The tokens of these data.

        Args:
            training: the text of the training part in pieces, from which they are learned where that is wanted.

        Raises:
            MissingExtraError: the library that learns tokens is not installed.
        """
        if self.tokens != "bpe":
            return known_tokens(self.tokens)
        known: tuple[str, ...] = self.__dict__["known"]
        return learned(self.label(), known or learn_names(training, self.vocabulary))


def _late(declared: Param) -> tuple[bool, bool]:
    return declared.field in Dataset.declared, declared.field in TextDataset.declared


def known_tokens(how: str) -> Tokens:
    """The tokens that are the same for every text: "characters" or "bytes"."""
    if how == "bytes":
        return Tokens(tuple(name_of(bytes([byte])) for byte in range(_BYTES)), _bytes)
    return Tokens((NEWLINE, *PRINTABLE), _characters)


def _bytes(texts: Sequence[str]) -> list[np.ndarray]:
    import numpy as np

    return [np.frombuffer(_utf8(text), np.uint8).astype(np.int64) for text in texts]


def _utf8(text: str) -> bytes:
    """The bytes of a text; halves of characters, as JSON may hold them, become question marks."""
    return text.encode("utf-8", "replace")


def _characters(texts: Sequence[str]) -> list[np.ndarray]:
    import numpy as np

    table = np.full(128, _OTHER, np.int64)
    table[[ord(character) for character in _CHARACTERS]] = np.arange(len(_CHARACTERS))
    codes = (np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32) for text in texts)
    return [np.where(some < 128, table[np.minimum(some, 127)], _OTHER) for some in codes]


# ------------------------------------------------------------------------------------------------------- learned tokens


def learned(label: str, names: Sequence[str]) -> Tokens:
    """Tokens that were learned before.

    Args:
        label: of the data set, for refusals.
        names: what they are called, in the order in which they were learned.

    Raises:
        DataError: they are not what byte pair encoding learns.
        MissingExtraError: the library is not installed.
    """
    from_bytes = [bytes_of(name) for name in names]
    if tuple(names[:_BYTES]) != known_tokens("bytes").names or len({*from_bytes}) < len(names):
        raise DataError(label, "its learned tokens are damaged: they do not begin with the 256 bytes")
    ranks = {token: rank for rank, token in enumerate(from_bytes)}
    merges = [parts_of(token, ranks) for token in from_bytes[_BYTES:]]
    if not all(len(parts) == 2 for parts in merges):
        raise DataError(label, "its learned tokens are damaged: one is not made of two that come before it")
    shown = _shown_bytes()
    vocabulary = {_shown(token, shown): rank for token, rank in ranks.items()}
    model = _library().models.BPE(vocabulary, [(_shown(a, shown), _shown(b, shown)) for a, b in merges])
    tokenizer = _splitting_words(model)

    def cut(texts: Sequence[str]) -> list[np.ndarray]:
        import numpy as np

        plain = [_utf8(text).decode("utf-8") for text in texts]
        found = tokenizer.encode_batch_fast(plain, add_special_tokens=False)
        return [np.array(encoded.ids, np.int64) for encoded in found]

    return Tokens(tuple(names), cut)


def learn_names(blocks: Iterable[str], size: int) -> tuple[str, ...]:
    """The names of the tokens that a text teaches, the 256 bytes first.

    Args:
        blocks: the text in pieces.
        size: how many there are at most.

    Raises:
        MissingExtraError: the library is not installed.
    """
    library = _library()
    tokenizer = _splitting_words(library.models.BPE())
    alphabet = sorted(_shown_bytes())
    trainer = library.trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=alphabet, show_progress=False, special_tokens=[]
    )
    tokenizer.train_from_iterator((_utf8(block).decode("utf-8") for block in blocks), trainer)
    byte_of = {shown: byte for byte, shown in enumerate(_shown_bytes())}
    by_rank = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    merged = (name_of(bytes(byte_of[c] for c in shown)) for shown, _ in by_rank if len(shown) > 1)
    return (*known_tokens("bytes").names, *merged)


def _library() -> Any:
    try:
        import tokenizers
    except ImportError:
        raise MissingExtraError("Learning tokens (bpe)", "text") from None
    return tokenizers


def _splitting_words(model: Any) -> Any:
    library = _library()
    tokenizer = library.Tokenizer(model)
    tokenizer.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    return tokenizer


def _shown_bytes() -> list[str]:
    """The character by which the library shows each byte: itself where it is printed, else one behind all bytes."""
    printed = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = [byte for byte in range(_BYTES) if byte not in printed]
    return [chr(byte) if byte in printed else chr(_BYTES + others.index(byte)) for byte in range(_BYTES)]


def _shown(token: bytes, shown: Sequence[str]) -> str:
    return "".join(shown[byte] for byte in token)


# ------------------------------------------------------------------------------------------------------- whole texts


def blocks_of(text: str) -> Iterator[str]:
    """A long text in pieces that end with a line where there is one."""
    start = 0
    while start < len(text):
        end = text.rfind("\n", start, start + _BLOCK) + 1 if start + _BLOCK < len(text) else len(text)
        end = end or start + _BLOCK
        yield text[start:end]
        start = end


def numbers_of(text: str, tokens: Tokens, progress: Progress) -> np.ndarray:
    """The tokens of a long text, as whole numbers without sign of no more bytes than it takes to tell them apart.

    Raises:
        CancelledError: raised by `progress`.
    """
    import numpy as np

    narrow, blocks, done = np.min_scalar_type(len(tokens.names) - 1), blocks_of(text), 0
    found = [np.zeros(0, narrow)]
    while some := list(islice(blocks, _TOGETHER)):
        progress(done / len(text), "cutting into tokens")
        found += [numbers.astype(narrow) for numbers in tokens.cut(some)]
        done += sum(map(len, some))
    return np.concatenate(found)
