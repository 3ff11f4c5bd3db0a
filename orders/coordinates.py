"""Coordinates as they come in: exchanged, or in the shifted system of Chinese web maps (GCJ-02)."""

from math import cos, pi, radians, sin, sqrt

from orders.sites import Place, great_circle_m

CHINA_LAT, CHINA_LON = (17.5, 54.0), (73.0, 135.5)
ELLIPSOID_M, ECCENTRICITY_SQUARED = 6_378_245.0, 0.00669342162296594323
FAR_M, NEAR_M, ALIKE_M = 1_000_000, 200_000, 60
SHIFT_ROUNDS = 4


def in_china(lat: float, lon: float) -> bool:
    """Whether numbers may be a place in China."""
    return CHINA_LAT[0] <= lat <= CHINA_LAT[1] and CHINA_LON[0] <= lon <= CHINA_LON[1]


def look_exchanged(lat: float, lon: float, centre: Place | None = None) -> bool:
    """
    Whether latitude and longitude were probably written the wrong way round.

    Parameters
    ----------
    lat, lon
        As given.
    centre
        A place nearby that is known to be right; without one only numbers that would be in China the
        other way round look exchanged.
    """
    if in_china(lat, lon):
        return False
    if in_china(lon, lat) or abs(lat) > 90:
        return abs(lon) <= 90
    if centre is None or abs(lon) > 90:
        return False
    away_m = great_circle_m(centre, Place(lat, lon))
    return away_m > FAR_M and great_circle_m(centre, Place(lon, lat)) < NEAR_M


def to_gcj02(place: Place) -> Place:
    """Where Chinese web maps draw a WGS-84 place: up to 700 m away in China, elsewhere the same."""
    if not in_china(place.lat, place.lon):
        return place
    x, y = place.lon - 105.0, place.lat - 35.0
    ripple = 20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += 2 / 3 * (ripple + 20 * sin(y * pi) + 40 * sin(y / 3 * pi))
    north += 2 / 3 * (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += 2 / 3 * (ripple + 20 * sin(x * pi) + 40 * sin(x / 3 * pi))
    east += 2 / 3 * (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi))
    bulge = 1 - ECCENTRICITY_SQUARED * sin(radians(place.lat)) ** 2
    meridian_m = ELLIPSOID_M * (1 - ECCENTRICITY_SQUARED) / (bulge * sqrt(bulge))
    parallel_m = ELLIPSOID_M / sqrt(bulge) * cos(radians(place.lat))
    return Place(place.lat + north * 180 / (meridian_m * pi), place.lon + east * 180 / (parallel_m * pi))


def from_gcj02(shifted: Place) -> Place:
    """The WGS-84 place that Chinese web maps draw there, to well under a metre."""
    guess = shifted
    for _ in range(SHIFT_ROUNDS):
        drawn = to_gcj02(guess)
        guess = Place(guess.lat + shifted.lat - drawn.lat, guess.lon + shifted.lon - drawn.lon)
    return guess


def looks_shifted(place: Place, known: Place) -> bool:
    """Whether a place given anew is a known WGS-84 place as Chinese web maps draw it."""
    moved = to_gcj02(known)
    return moved != known and great_circle_m(place, moved) <= ALIKE_M < great_circle_m(place, known)
