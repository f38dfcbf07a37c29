/** The clock that follows the database server, driven by a counter that the test moves. */
import { expect, test } from 'vitest'
import { ServerClock, sleep } from '../src/clock.ts'

const START = Date.UTC(2027, 2, 1, 9)

/** A server whose clock stands at `START` plus what the counter has counted plus `ahead`; each answer takes as long as `trips` says. */
async function clockOf(options: { ahead?: number } = {}) {
  const world = {
    counted: 1000,
    ahead: options.ahead ?? 0,
    trips: [] as number[],
    jumps: [] as number[],
    steadied: 0,
  }
  const clock = await ServerClock.open({
    ask: async () => {
      world.counted += world.trips.shift() ?? 0
      return START + world.counted + world.ahead
    },
    monotonic: () => world.counted,
    onJump: (jumpMs) => world.jumps.push(jumpMs),
    onSteady: () => world.steadied++,
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

test('after a step it is steady again when two measurements agree, and says so once', async () => {
  const { clock, world } = await clockOf()
  expect(clock.isSteady()).toBe(true)
  world.ahead += 5000
  await clock.measure()
  expect(clock.isSteady()).toBe(false)
  world.ahead += 5000
  await clock.measure()
  expect(clock.isSteady()).toBe(false)
  await clock.measure()
  await clock.measure()
  expect(clock.isSteady()).toBe(true)
  expect(world.steadied).toBe(1)
  clock.close()
})

test('an answer that took more than a second moves nothing, and is asked again', async () => {
  const { clock, world } = await clockOf()
  // Told at the end of the trip: believed, it would set the clock 2.5 s ahead.
  world.trips = [5000, 10]
  await clock.measure()
  expect(clock.real()).toBe(START + world.counted + 5)
  expect(world.jumps).toEqual([])
  clock.close()
})

test('when no answer comes within a second the clock counts on as before', async () => {
  const { clock, world } = await clockOf()
  world.trips = [5000, 5000, 5000, 5000]
  await expect(clock.measure()).rejects.toThrow('more than 1000 ms')
  expect(clock.real()).toBe(START + world.counted)
  expect(world.trips).toEqual([5000])
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
