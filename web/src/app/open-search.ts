/** How any part of the shell opens the search, which is fetched only after the first screen stands. */
import { createSpotlight } from '@mantine/spotlight'

export const [searchStore, search] = createSpotlight()

export const openSearch = () => search.open()
