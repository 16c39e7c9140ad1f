/**
 * `__proto__` is a name like others: what copies a foreign object by assignment changes the prototype
 * of nothing. The same as Node's `--disable-proto=delete`, which a program cannot give itself.
 */
Reflect.deleteProperty(Object.prototype, '__proto__');

export {};
