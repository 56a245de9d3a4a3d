# SPDX-License-Identifier: Apache-2.0
"""Says which record of one list is the same person as which of another, with what certainty, and why. Usable by itself.

It decides from names, birth dates, postcodes, sex and pupil numbers alone, and answers *accept*, *review* or *none*,
each with every figure of its sum. It refuses to know a register, a database, a clock or a country: whoever calls hands
in frozen people. What a request is *for*, and whether anything may be said about it at all, is the gate's to decide.

From the bottom: `letters`, `spellings` and `names` make names comparable, `people` reads values, `files` reads lists;
`comparing` says how two people agree, `model` what each agreement weighs; `keys` and `index` find whom to compare;
`scoring` weighs, `deciding` decides, `linking` is the whole walk, `explaining` and `waterfall` show the sum, and
`sweeping` sees a request that tries people out. Beside the walk, for whoever measures how often it is wrong: `sampling`
draws pairs, `sheets` writes and reads what people are asked, `auditing` counts what they say, with `intervals`; and
`decoys` makes people who are in no register.
"""
