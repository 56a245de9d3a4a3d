# SPDX-License-Identifier: Apache-2.0
"""Addresses of the reviewers' and the panel's door."""

from django.urls import path

from beholden.web.panel import answering, pairs, reading

urlpatterns = [
    path("", reading.waiting, name="panel"),
    path("/pairs", pairs.waiting, name="panel-pairs"),
    path("/pairs/<int:number>", pairs.one, name="panel-pair"),
    path("/uses/<str:ref>/interest", reading.interest, name="panel-interest"),
    path("/uses/<str:ref>", reading.request_page, name="panel-request"),
    path("/uses/<str:ref>/review", answering.review, name="panel-review"),
    path("/uses/<str:ref>/vote", answering.vote, name="panel-vote"),
    path("/uses/<str:ref>/schools/<str:school>", answering.reply, name="panel-reply"),
]
