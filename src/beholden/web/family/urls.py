# SPDX-License-Identifier: Apache-2.0
"""Addresses of the letter (notes/ux.md 2.4). None holds a code, a name or a use's reference."""

from django.urls import path

from beholden.web.family import answering, mine, opening, permission, receipts

urlpatterns = [
    path("", opening.code, name="letter"),
    path("/scanned", opening.scanned, name="letter-scanned"),
    path("/check", opening.check, name="letter-check"),
    path("/not-me", opening.not_me, name="letter-not-me"),
    path("/not-me/thanks", opening.not_me_thanks, name="letter-not-me-thanks"),
    path("/lost", opening.lost, name="letter-lost"),
    path("/leave", opening.leave, name="letter-leave"),
    path("/left", opening.left, name="letter-left"),
    path("/stay", answering.stay, name="letter-stay"),
    path("/use/<int:place>", answering.use, name="letter-use"),
    path("/child/<int:place>", answering.child, name="letter-child"),
    path("/permission/<int:place>", permission.ask, name="letter-permission"),
    path("/permission/saved/<int:place>", permission.said, name="letter-permission-saved"),
    path("/permission/receipt/<int:place>", receipts.of_this_sitting, name="letter-receipt"),
    path("/mine/receipt/<int:place>", receipts.of_a_number, name="letter-mine-receipt"),
    path("/review", answering.review, name="letter-review"),
    path("/saved", answering.saved, name="letter-saved"),
    path("/wider", answering.wider, name="letter-wider"),
    path("/mine", mine.ask, name="letter-mine"),
    path("/mine/answer", mine.change, name="letter-mine-answer"),
    path("/mine/back", mine.take_yes_back, name="letter-mine-back"),
    path("/more", answering.more, name="letter-more"),
]
