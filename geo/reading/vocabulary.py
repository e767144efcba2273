"""Small word lists that more than one step of the reading needs."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a text that holds nothing but a list of them."""
    return frozenset(text.split())


# Numbers in words, zero to twenty.
NUMBERS = {
    word: value
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
        + ["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"]
        + ["eighteen", "nineteen", "twenty"]
    )
}

# What makes a march or a rally a protest.
GRIEVANCE = word_set(
    """demand demands demanding demanded against protest protesting pay wages over unpaid condemn
    condemning denounce denouncing justice calling"""
)
