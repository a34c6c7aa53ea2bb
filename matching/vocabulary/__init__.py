"""The vocabulary of stored listings: which of them may name a mark that is new, without reading them."""

from matching.vocabulary.living import Vocabulary
from matching.vocabulary.volume import FORMAT, Told, Volume, build_volume, merge_volumes

__all__ = ["FORMAT", "Told", "Vocabulary", "Volume", "build_volume", "merge_volumes"]
