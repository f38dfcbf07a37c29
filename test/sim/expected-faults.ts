/** Every fault that a run of seeds must have met at least once. */
export const EXPECTED_FAULTS: readonly string[] = []
