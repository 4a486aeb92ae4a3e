import { Cast, type Setting } from './cast.ts';
import { changedStories } from './changed-stories.ts';
import { newStories } from './new-stories.ts';
import { rebookedStories } from './rebooked-stories.ts';
import type { Story } from './story.ts';
import { tourDayStories } from './tour-day-stories.ts';

/**
 * The sample stories. Every person in them is invented; addresses are under `.test`, phone numbers from the range
 * kept for fiction. The same setting gives the same stories, to the letter.
 */
export function sampleStories(setting: Setting): readonly Story[] {
  const cast = new Cast(setting);
  return [
    ...newStories(cast, setting.prefix),
    ...changedStories(cast),
    ...rebookedStories(cast),
    ...tourDayStories(cast),
  ];
}
