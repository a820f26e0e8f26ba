BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $module = Get-Module RpiLive
}

Describe 'The module' {
    It 'has a valid manifest' {
        $manifest = Test-ModuleManifest "$($module.ModuleBase)/RpiLive.psd1" -ErrorAction Stop
        $manifest.PowerShellVersion | Should -Be ([version] '7.6')
        $manifest.Version | Should -Be $module.Version
    }

    It 'lies in a folder that is named after its version' {
        [System.IO.Path]::GetFileName($module.ModuleBase) | Should -Be "$($module.Version)"
    }

    It 'exports its cmdlets and nothing else' {
        $module.ExportedCommands.Keys | Should -HaveCount 9
        foreach ($name in 'New-RpiBaseImage', 'New-RpiLiveImage', 'Get-RpiLiveImage', 'Set-RpiLivePersistence', 'Remove-RpiLivePersistence', 'Add-RpiLiveZram', 'Remove-RpiLiveZram', 'Get-RpiModel', 'Test-RpiLiveImage') {
            $module.ExportedCmdlets.Keys | Should -Contain $name
        }
        $module.ExportedAliases.Keys | Should -BeNullOrEmpty
        $module.ExportedVariables.Keys | Should -BeNullOrEmpty
    }

    It 'ships help, views and licences' {
        foreach ($file in 'en-US/RpiLive.dll-Help.xml', 'en-US/about_RpiLive.help.txt', 'RpiLive.Format.ps1xml', 'LICENSE', 'ThirdPartyNotices.txt') {
            [System.IO.File]::Exists("$($module.ModuleBase)/$file") | Should -BeTrue -Because "$file belongs to the module"
        }
    }

    It 'shows an image as a table of human sizes' -Skip:(-not (Get-Command Out-String -ErrorAction Ignore)) {
        $image = [pscustomobject] @{ PSTypeName = 'RpiLive.RpiLiveImage'; Name = 'live.img'; Length = 700MB; RequiredMemory = 900MB }
        $image | Out-String | Should -Match 'live\.img +700 MiB +900 MiB'
    }
}

Describe 'Isolation' {
    It 'keeps the codecs out of the default context' {
        $null = [System.Reflection.Assembly]::Load('RpiLive.Codecs')
        $default = [System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies | ForEach-Object { $_.GetName().Name }
        $default | Should -Contain 'RpiLive.Core'
        foreach ($name in 'RpiLive.Codecs', 'ZstdSharp', 'BouncyCastle.Cryptography') {
            ($default -contains $name) | Should -BeFalse -Because "$name belongs to the context of the module"
        }
    }
}
