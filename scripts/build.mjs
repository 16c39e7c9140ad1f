// npm run build: installs when needed, then builds the server, the desk and the tablet into build/.
import { ensureBuilt, ensureInstalled } from './house/ground.mjs';

ensureInstalled();
ensureBuilt(true);
