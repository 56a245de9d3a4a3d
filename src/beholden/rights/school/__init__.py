# SPDX-License-Identifier: Apache-2.0
"""What a school may see and do: send a return, read what was found in it, and see every use of what it sent (D29).

Each function here takes one frozen question, opens with the reference and key inside it, and gives one frozen answer of
plain values. Nothing in an answer depends on what any family said (D13), names a pupil or repeats a pupil's value.
"""
