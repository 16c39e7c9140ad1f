/**
 * Whether 上锁 is on the screen. The tablet is open as soon as the lock is made, but a card that is
 * shown only once and the light of the storage have to be read first.
 */
let showing = $state(false);

export const enrolment = {
  get showing(): boolean {
    return showing;
  },
  begin(): void {
    showing = true;
  },
  done(): void {
    showing = false;
  },
};
