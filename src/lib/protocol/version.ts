/** PS/1: the wire between tablet and county. The hash of the schemas is pinned in tests/protocol. */
export const PROTOCOL_VERSION = 2;
/** Text frames of JSON: tablets of the first build speak it, and the county answers in it. */
export const PROTOCOL_VERSION_1 = 1;
export const MAGIC = 'PS1';
/** Anything else that answers, a portal or a proxy, is not the county. */
export const EXCHANGE_MEDIA_TYPE = 'application/vnd.daiban.ps1';
/** Version 2: binary frames of columns; see `v2/frame.ts`. */
export const EXCHANGE_MEDIA_TYPE_2 = 'application/vnd.daiban.ps2';
export const EXCHANGE_PATH = '/api/sync/exchange';
export const ENROL_PATH = '/api/sync/enrol';
/** Where a vault leaves its county wraps. */
export const WRAPS_PATH = '/api/vault/wraps';
export const MEDIA_PATH = '/api/media';
/** Bytes of one media chunk; the last may be shorter. */
export const CHUNK_BYTES = 64 * 1024;
/** Bytes of one exchange before compression, and the size it shrinks to after a failure. */
export const EXCHANGE_BYTES_MAX = 256 * 1024;
export const EXCHANGE_BYTES_CAUTIOUS = 8 * 1024;
/** Bytes of one request on the wire, packed; a batch that comes out larger is made with fewer events. */
export const WIRE_BYTES_MAX = 256 * 1024;
/** A broken body of so many bytes on the wire goes on where it stopped; a smaller one starts again. */
export const RESUME_BYTES_MIN = 8 * 1024;
/** Bytes of one event in canonical form; more is rejected for that event alone. */
export const EVENT_BYTES_MAX = 64 * 1024;
/** Nesting of one payload; a deeper one is refused before anything recurses into it. */
export const JSON_DEPTH_MAX = 32;
/** Header that a browser cannot send across origins without asking: on every POST and PUT. */
export const CLIENT_HEADER = 'x-daiban';
/** Device id of an exchange: a county that refuses the session still says that the vault is barred. */
export const DEVICE_HEADER = 'x-daiban-device';
/** The secret of an open vault, 43 letters base64url: without it the county shows a tablet nothing. */
export const READ_HEADER = 'x-daiban-read';
/** Witnesses and sparse history one request may carry. */
export const WITNESSES_MAX = 64;
export const HISTORY_MAX = 12;
/** Events of one exchange; the byte limit comes first with real events. */
export const EVENTS_MAX = 4_000;
/** What a county of version 1 takes. */
export const EVENTS_MAX_1 = 1_000;
/** Bytes of one page of the feed, as JSON, on a link that has not failed. */
export const FEED_BYTES_MAX = 2 * 1024 * 1024;
/** Files one exchange may announce. */
export const ANNOUNCED_MEDIA_MAX = 64;
/** Bytes of one media file: a recording of an hour at 48 kbit/s is 21 MB. */
export const MEDIA_BYTES_MAX = 32 * 1024 * 1024;
/** Waits the county may ask for, and the longest a tablet lets itself be told. */
export const RETRY_AFTER_SECONDS_MAX = 600;
