BeforeDiscovery {
    $root = [System.IO.Path]::GetDirectoryName($PSScriptRoot)
    $scripts = foreach ($folder in $root, "$root/module", "$root/tests", "$root/tests/RpiLive.Tests/Module") {
        [System.IO.Directory]::GetFiles($folder, '*.ps1')
        [System.IO.Directory]::GetFiles($folder, '*.psd1')
    }
}

Describe 'PSScriptAnalyzer' {
    It 'finds nothing in <_>' -Skip:(-not (Get-Command Invoke-ScriptAnalyzer -ErrorAction Ignore)) -ForEach $scripts {
        $settings = [System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($PSScriptRoot), 'PSScriptAnalyzerSettings.psd1')
        Invoke-ScriptAnalyzer -Path $_ -Settings $settings | ForEach-Object { "$($_.RuleName) in line $($_.Line): $($_.Message)" } | Should -BeNullOrEmpty
    }
}
