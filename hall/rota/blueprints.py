"""Pages and machine interface of receptions, all of them."""

from __future__ import annotations

from hall.rota.api import api
from hall.rota.bulletins.api import api as bulletins_api
from hall.rota.bulletins.homes import of_hall as bulletins_of_hall
from hall.rota.bulletins.views import pages as bulletin_pages
from hall.rota.changes_api import changes
from hall.rota.feeds.views import pages as feed_pages
from hall.rota.findings.steps_api import api as findings_api
from hall.rota.findings.views import pages as findings_pages
from hall.rota.keeping.api import keeping_api
from hall.rota.keeping.views import pages as keeping_pages
from hall.rota.matters.api import api as matters_api
from hall.rota.matters.desk_views import desk_pages as matter_desk_pages
from hall.rota.matters.views import pages as matter_pages
from hall.rota.mine.views import pages as monday_pages
from hall.rota.presence.api import api as presence_api
from hall.rota.presence.views import pages as presence_pages
from hall.rota.presence.year_views import years
from hall.rota.walks.api import api as walks_api
from hall.rota.walks.views import pages as walk_pages

blueprints = (
    api,
    changes,
    matters_api,
    keeping_api,
    monday_pages,
    feed_pages,
    findings_api,
    findings_pages,
    bulletins_api,
    bulletin_pages,
    bulletins_of_hall,
    presence_api,
    keeping_pages,
    presence_pages,
    years,
    matter_pages,
    matter_desk_pages,
    walks_api,
    walk_pages,
)
