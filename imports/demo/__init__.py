"""The demo company: Larkfield Espresso, which makes espresso machines, and twelve weeks of its books.

Everything goes through the same files and actions that people use, under a clock that stands where the story is.
The content is always the same; its days move, so that the last of them is the last working day.
"""
