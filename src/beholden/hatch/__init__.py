# SPDX-License-Identifier: Apache-2.0
"""The hatch: the one opening in the wall between the doors and the keeper.

The doors' process may read neither vault nor rows. What a page needs of them it asks for here, by a closed list of
verbs, and with what proves that it may: a letter's code and birth date and the second code, an officer's key. The
keeper's process takes nothing on a door's word: it opens the letter itself. So whoever breaks into the doors can ask
only for those who knock while they are in there.

Questions and answers are frozen values (`beholden.rights`); they travel as JSON over a Unix socket in a closed folder.
"""
