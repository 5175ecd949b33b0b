/** Kilometres as people write them: "3.3 km". */
export function formatDistance(kilometres) {
  return `${kilometres} km`;
}

/** Minutes as hours and minutes: "1 h 50 min". */
export function formatDuration(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
