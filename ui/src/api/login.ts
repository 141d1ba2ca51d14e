import {ask} from './client'
import {queries} from './queries'
import {session} from './session'
import type {SessionGetUserInfoResponse} from './contract'

/** Asks the server who we are. */
export async function whoAmI(): Promise<void> {
  const user = await ask<SessionGetUserInfoResponse>('api/v1/session/userinfo', {quiet: true})
  session.set(user.loggedIn ? {state: 'in', username: user.username, issuer: user.iss, groups: user.groups ?? []} : {state: 'out'})
}

/** Logs in with a name and a password of this server; throws the server's words. */
export async function logIn(username: string, password: string): Promise<void> {
  await ask('api/v1/session', {method: 'POST', body: {username, password}, quiet: true})
  await whoAmI()
  await queries.invalidateQueries()
}

export async function logOut(): Promise<void> {
  try {
    await ask('api/v1/session', {method: 'DELETE', quiet: true})
  } finally {
    session.set({state: 'out'})
    queries.clear()
  }
}
