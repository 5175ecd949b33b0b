const earthRadiusKm = 6371;

/** The length of a route in kilometres, to one decimal. A point is [latitude, longitude] in degrees. */
export function routeLength(points) {
  let length = 0;
  for (let i = 1; i < points.length; i++) {
    length += Math.round(distance(points[i - 1], points[i]));
  }
  return length;
}

/** The distance between two points in kilometres, along the surface (haversine). */
export function distance([latitudeA, longitudeA], [latitudeB, longitudeB]) {
  const latitude = toRadians(latitudeB - latitudeA);
  const longitude = toRadians(longitudeB - longitudeA);
  const h =
    Math.sin(latitude / 2) ** 2 +
    Math.cos(toRadians(latitudeA)) * Math.cos(toRadians(latitudeB)) * Math.sin(longitude / 2) ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.sqrt(h));
}

function toRadians(degrees) {
  return (degrees * Math.PI) / 180;
}
