import {Component, type ReactNode} from 'react'

import {ErrorNote} from '@/parts/ErrorNote'

/** Keeps a fault of one part from taking the rest away. */
export class Boundary extends Component<{name: string; children: ReactNode}, {error: unknown}> {
  override state: {error: unknown} = {error: null}

  static getDerivedStateFromError(error: unknown) {
    return {error}
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <div style={{padding: 16}}>
        <ErrorNote what={`A fault of the UI: ${this.props.name} cannot be shown.`} error={this.state.error} retry={() => this.setState({error: null})}>
          <span>Where a new version was installed meanwhile, loading the page again helps.</span>
        </ErrorNote>
      </div>
    )
  }
}
