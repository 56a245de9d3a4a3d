# SPDX-License-Identifier: Apache-2.0
"""Makes tables that anybody may have, because they give nobody away. Usable by itself.

It decides what may be asked, how each figure is perturbed, which figures are hidden and why. It refuses to know a
register, a database, a clock or a country: what may be asked stands in a policy, what is counted in a Parquet file, and
the secret comes in a key file. Whether a table leaves the house at all is the gate's to decide.

From the bottom: `policy` and `question` read strictly; `keys` and `ptable` make the error that a figure bears; `cubes`
counts once and freezes; `safe` is the order of rules; `answering` is the whole walk. `suppress` is for fixed releases
with their margins. `naive` says the same as all of them over plain rows, for tests to compare.

From an answer's document on, without numpy: `document` reads it back; `grid`, `chart` and `tiles` lay it out; `tidy`,
`jsonstat` and `workbook` are its files; `address` is a question as a link; `client` asks a public page from a notebook.
"""
