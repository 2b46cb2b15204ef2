// Gives other writers of a session time to finish, so that two runs do not keep meeting.

/** Waits for a random time that grows with the number of failed attempts, up to 100 ms. */
export async function pauseBeforeAttempt(attempt: number): Promise<void> {
  const longest = Math.min(100, 2 ** Math.min(attempt, 7) - 2);
  if (longest > 0) await new Promise((done) => setTimeout(done, Math.random() * longest));
}
