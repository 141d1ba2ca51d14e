import {ask, type Query} from './client'
import type {FleetWindow} from './fleet'

/** One window of the fleet, by the server's own query. */
export async function listFleet(query: Query, signal?: AbortSignal): Promise<FleetWindow> {
  return ask<FleetWindow>('api/bowline/v1/applications', {query, signal})
}
