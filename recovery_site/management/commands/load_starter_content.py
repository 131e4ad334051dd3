"""Load the first content of a new site from recovery_site/starter/."""

from typing import Any

from django.core.management.base import BaseCommand

from articles.models import Article, Page, Topic
from contact.models import Helpline
from faq.models import Question
from recovery_site import starter_texts


class Command(BaseCommand):
    help = "Load the starter content into a site that has none. Does nothing once there is any."

    def handle(self, *args: Any, **options: Any) -> None:
        if any(m.objects.exists() for m in (Topic, Article, Page, Question, Helpline)):
            self.stdout.write("There is content already; nothing was loaded.")
            return
        starter_texts.load()
        self.stdout.write(
            f"Loaded {Article.objects.count()} articles, {Question.objects.count()} questions, "
            f"{Page.objects.count()} pages and {Helpline.objects.count()} help lines."
        )
