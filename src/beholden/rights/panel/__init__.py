# SPDX-License-Identifier: Apache-2.0
"""What reviewers and members of the panel may see and do: declare, then read, then answer, then read the others (D26).

Each function here takes one frozen question, opens with the reference and key inside it, and gives one frozen answer of
plain values. The request itself is shown to nobody here who has not said first that they have no interest in it.
"""
