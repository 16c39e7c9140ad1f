// npm run -s docs:events: writes docs/EVENTS.md from the schemas of the events.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { EVENT_TYPES } from '../src/lib/domain/events.ts';
import { eventPage } from './house/event-page.ts';

const page = eventPage();
writeFileSync(path.resolve(import.meta.dirname, '../docs/EVENTS.md'), page);
console.log(JSON.stringify({ events: EVENT_TYPES.length, characters: page.length }));
