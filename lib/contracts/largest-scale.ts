/** So many replicas a Deployment of the lab may have: one machine holds them all. */
export const LARGEST_SCALE = 50;
