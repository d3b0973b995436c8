"""A recorded real day, driven through the interfaces of a running server: the demo to watch and the soak test.

`plan` turns readings into what happens when (pure), `stage` sets up the office as a site, `drive` acts for citizens
and clerks over HTTP, `ear` listens on the live channel, `report` tells how it went.
"""
