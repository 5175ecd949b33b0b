/** Under this name comments stand in the state of the workspace. A file of its own: it is read before anything is loaded. */
export const COMMENTS_KEY = 'belay.review.comments';
