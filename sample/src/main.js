import { readFileSync } from 'node:fs';
import { formatDistance, formatDuration } from './format.js';
import { routeLength } from './route.js';

const walks = JSON.parse(readFileSync(new URL('../walks.json', import.meta.url), 'utf8'));

for (const walk of walks) {
  const length = formatDistance(routeLength(walk.points));
  console.log(`${walk.name.padEnd(16)}${length.padStart(9)}    ${formatDuration(walk.minutes)}`);
}
