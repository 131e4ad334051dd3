"""Files of pictures for visitors and for staff, and the answer to a file that an editor brings."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from articles.publishing.kinds import publication_models
from articles.reading.caching import public
from articles.text.clean_text import clean_text

from .addresses import STAFF_PREFIX, PictureAddress, with_prefix
from .making import UnusablePicture, make_picture
from .rows import Picture, PictureFile
from .uses import published_pictures

MOST_NAME = 100


@require_safe
@public
def picture(request: HttpRequest, address: PictureAddress) -> HttpResponse:
    """A file of a picture that a published page shows."""
    file = picture_file(address)
    if not published_pictures(path=file.picture.address.path):
        raise Http404
    return file_response(file)


@require_safe
@never_cache
def staff_picture(request: HttpRequest, address: PictureAddress) -> HttpResponse:
    """The same for who writes or reviews, also before visitors see it."""
    kinds = (model._meta for model in publication_models().values())
    if not any(request.user.has_perm(f"{kind.app_label}.view_{kind.model_name}") for kind in kinds):
        raise PermissionDenied
    return file_response(picture_file(address))


def picture_file(address: PictureAddress) -> PictureFile:
    """Raises Http404."""
    files = PictureFile.objects.select_related("picture").at(address)
    return get_object_or_404(files)


def shown_early(response: HttpResponse, prefix: str = STAFF_PREFIX) -> HttpResponse:
    """A page as visitors would get it, with pictures that they may not see yet."""
    response.content = with_prefix(response.content.decode(), prefix)
    return response


def file_response(file: PictureFile) -> HttpResponse:
    return HttpResponse(bytes(file.content), content_type="image/webp")


@require_POST
@never_cache
def add_picture(request: HttpRequest) -> JsonResponse:
    """Keep the file `file` as a picture, and say where it is, or why it cannot be one."""
    if not request.user.has_perm("articles.add_picture"):
        raise PermissionDenied
    upload: Any = request.FILES.get("file")
    if upload is None:
        return JsonResponse({"error": gettext("Choose a file.")})
    try:
        made = make_picture(upload.read())
    except UnusablePicture as error:
        return JsonResponse({"error": str(error)})
    name = clean_text(upload.name)[-MOST_NAME:]
    kept, is_new = Picture.objects.keep(made, name, request.user)
    if is_new:
        model_admin = admin.site.get_model_admin(Picture)
        model_admin.log_addition(request, kept, gettext("Added to the pictures."))
    address = kept.address
    size = {"width": address.width, "height": address.height}
    return JsonResponse({"src": STAFF_PREFIX + address.name, **size})
