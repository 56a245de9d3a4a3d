# SPDX-License-Identifier: Apache-2.0
"""A witness of logs: sees that each it knows only grows, and says so under the log's own checkpoints (D27, D28).

Somebody other than the keeper runs it. It needs no home, no database and no Django, and knows nothing of what a log
says. A keeper who wanted to show two people two logs would have to show both to the same witness.
"""
