/** The clock that follows the database server, driven by a counter that the test moves. */
import { expect, test } from 'vitest'
import { ServerClock, sleep } from '../src/clock.ts'

const START = Date.UTC(2027, 2, 1, 9)

/** A server whose clock stands at `START` plus what the counter has counted plus `ahead`. */
async function clockOf(options: { ahead?: number } = {}) {
  const world = { counted: 1000, ahead: options.ahead ?? 0, jumps: [] as number[] }
  const clock = await ServerClock.open({
    ask: async () => START + world.counted + world.ahead,
    monotonic: () => world.counted,
    onJump: (jumpMs) => world.jumps.push(jumpMs),
  })
  return { clock, world }
}

test('it says what the server says, and counts on by itself', async () => {
  const { clock, world } = await clockOf()
  expect(clock.real()).toBe(START + 1000)
  world.counted += 90_000
  expect(clock.real()).toBe(START + 91_000)
  clock.close()
})

test('a small correction downwards never turns it back', async () => {
  const { clock, world } = await clockOf()
  const before = clock.real()
  world.ahead -= 500
  await clock.measure()
  expect(clock.real()).toBe(before)
  world.counted += 800
  expect(clock.real()).toBe(before + 300)
  expect(world.jumps).toEqual([])
  clock.close()
})

test('a step of more than two seconds is told and taken, forward or back', async () => {
  const { clock, world } = await clockOf()
  const before = clock.real()
  world.ahead += 5000
  await clock.measure()
  expect(clock.real()).toBe(before + 5000)
  world.ahead -= 5000
  await clock.measure()
  expect(clock.real()).toBe(before)
  expect(world.jumps).toEqual([5000, -5000])
  clock.close()
})

test('of the first three answers the quickest is believed', async () => {
  let counted = 0
  const trips = [400, 20, 900]
  const clock = await ServerClock.open({
    // The server is asked at the end of each trip: a long one is wrong by half of it.
    ask: async () => {
      counted += trips.shift()!
      return START + counted
    },
    monotonic: () => counted,
  })
  expect(clock.real() - (START + counted)).toBe(10)
  clock.close()
})

test('time travel moves now and leaves real time alone', async () => {
  const { clock } = await clockOf()
  clock.setTravelOffset(172_800_000)
  expect(clock.now() - clock.real()).toBe(172_800_000)
  clock.close()
})

test('a sleep ends at once, without throwing, when it is called off', async () => {
  const calling = new AbortController()
  const sleeping = sleep(3_600_000, calling.signal)
  calling.abort()
  await expect(sleeping).resolves.toBeUndefined()
  await expect(sleep(3_600_000, calling.signal)).resolves.toBeUndefined()
})
