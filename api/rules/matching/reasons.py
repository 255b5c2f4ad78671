"""The codes with which a suggestion explains itself. An explanation holds codes and numbers, never a value."""

from enum import StrEnum


class Verdict(StrEnum):
    """What the comparison of a field says."""

    AGREE = "agree"
    CLOSE = "close"
    DIFFER = "differ"
    UNKNOWN = "unknown"


class MatchReason(StrEnum):
    """In what two fields agree or differ."""

    SAME_TOKENS = "same_tokens"
    OTHER_ORDER = "same_tokens_other_order"
    HONORIFIC_ASIDE = "honorific_aside"
    TRANSLITERATION = "transliteration"
    OTHER_SCRIPT = "other_script"
    PART_OF_NAME = "part_of_name"
    SHORT_NAME = "short_name"
    ALIAS = "alias"
    USED_IN_EXPLOITATION = "name_used_in_exploitation"
    OTHER_NAME = "other_name"
    NOT_TOLD = "not_told"
    NOT_COMPARABLE = "not_comparable"
    SAME = "same"
    OTHER = "other"
    SAME_DAY = "same_day"
    SAME_YEAR = "same_year"
    OVERLAPPING = "overlapping"
    INTERVAL_WIDE = "interval_wide"
    YEAR_APART = "a_year_apart"
    YEARS_APART = "years_apart"
    SAME_TOWNSHIP = "same_township"
    SAME_REGION = "same_region"
    OTHER_REGION = "other_region"
    OTHER_COUNTRY = "other_country"
    SAME_VILLAGE = "same_village"
    WORDS_SHARED = "words_shared"
    OTHER_VILLAGE = "other_village"
    SAME_NUMBER = "same_number"
    OTHER_NUMBER = "other_number"
    HOUSEHOLD = "shared_by_a_household"
