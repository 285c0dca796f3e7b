/** Tags that would load another template. There is none to load: a template here is the text of one property. */
import type { Tag } from '../node.ts';

export const loader: Tag = {
  read(reading) {
    throw reading.fault(
      'expected no tag that loads another template (extends, import, include, embed, from): there are none here',
    );
  },
};
