"""Reading a phone number out of what people write.

`characters` makes any writing plain, `pieces` cuts it into digits and words, `numbers` finds whole
numbers among the digits, `leftovers` judges the digits that remain, `questions` asks back.
"""
