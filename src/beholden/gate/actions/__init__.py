# SPDX-License-Identifier: Apache-2.0
"""What the gate does, one file a verb: tell, decide, release, prove, govern. The only writer of this room.

The way of one use, each step re-runnable, each killed in a fault test:

1 tell                the school's own system carries the letters (`telling`)
2 decide and freeze   one transaction: exact figures, the frozen lists, the public decision (`deciding`)
3 fix the header      the events log holds the decision, so the header can name it (`releasing`, with all that follows)
4 build               ciphertext and tag file in quarantine, on disk, hashed as read back
5 log the intent      committed, sequenced, signed, published
6 check               with the public verifier's own code
7 `releasing` commits, the file moves, `released` commits
8 log the outcome     the recipient's own signed recomputation, or nothing: treat as delivered (`proving`)

Killed between any two, the next run goes on from the state that is committed: *logged, not released* at worst.
"""
