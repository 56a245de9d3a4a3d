# SPDX-License-Identifier: Apache-2.0
"""What an applicant may see and do: write a request question by question, hand it in, and see where it stands (D18).

Each function here takes one frozen question, opens with the reference and key inside it, and gives one frozen answer of
plain values. A request that is being written is shown to officers of its own organisation, and to nobody else.
"""
