/**
 * Every limit of the case model in one place. Lengths are UTF-16 code units, lists are items.
 * The words of a villager get the largest room: 15,000 Chinese characters still fit one event.
 */
export const LIMITS = {
  nameMax: 50,
  lineMax: 200,
  textMax: 4_000,
  verbatimMax: 15_000,
  summaryMin: 20,
  summaryMax: 500,
  titleMax: 50,
  claimMax: 100,
  claimsMax: 10,
  petitionersMax: 200,
  representativesMax: 5,
  agentsMax: 2,
  listMax: 50,
  attachmentsMax: 100,
  missingMax: 20,
  coUnitsMax: 10,
  callsMax: 20,
  changesMax: 40,
  boxMax: 40_000,
  countMax: 9_999,
  extensionDaysMax: 30,
  /** Events one command may make: the intake with its attachments is the largest. */
  eventsPerCommandMax: 150,
} as const;
