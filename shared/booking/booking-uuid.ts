/** How FareHarbor writes a booking's `uuid`, in upper case as well; by itself, for those who need no more of zod. */
export const BOOKING_UUID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
