/** What a command writes is its user's alone: the county's data are personal. Import it first. */
process.umask(0o077);

export {};
