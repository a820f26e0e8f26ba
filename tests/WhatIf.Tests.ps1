BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $folder = "$TestDrive"
    $stock = New-StockImage $folder
    $live = New-LiveImage $folder
    $null = Set-RpiLivePersistence $live /home -Target Partition -Size 8MB | Add-RpiLiveZram
    $state = Get-FileState $live
    $files = [System.IO.Directory]::GetFileSystemEntries($folder)
}

Describe '-WhatIf' {
    It 'lets <Name> write nothing' -ForEach @(
        @{ Name = 'New-RpiLiveImage'; Arguments = @{ Force = $true } }
        @{ Name = 'Set-RpiLivePersistence'; Arguments = @{ Directory = '/srv'; Target = 'Folder'; Size = 8MB } }
        @{ Name = 'Remove-RpiLivePersistence'; Arguments = @{ All = $true } }
        @{ Name = 'Add-RpiLiveZram'; Arguments = @{ Percent = 10; Force = $true } }
        @{ Name = 'Remove-RpiLiveZram'; Arguments = @{} }
    ) {
        if ($Name -eq 'New-RpiLiveImage') {
            & $Name $stock $live @Arguments -WhatIf | Should -BeNullOrEmpty
            & $Name $stock ([System.IO.Path]::Combine($folder, 'new.img')) -WhatIf | Should -BeNullOrEmpty
            & $Name $stock "$folder/new/" -WhatIf | Should -BeNullOrEmpty
        }
        else {
            & $Name $live @Arguments -WhatIf | Should -BeNullOrEmpty
            Get-RpiLiveImage $live | & $Name @Arguments -WhatIf | Should -BeNullOrEmpty
        }
        Get-FileState $live | Should -Be $state
        [System.IO.Directory]::GetFileSystemEntries($folder) | Should -Be $files
    }

    It 'says what is wrong all the same' {
        $errors = @(Get-ScriptError { Set-RpiLivePersistence $live /proc -Label KEEP -WhatIf })
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'KeepDirectoryForbidden,*'
    }

    It 'is a matter of $WhatIfPreference, too' {
        $WhatIfPreference = $true
        Remove-RpiLiveZram $live | Should -BeNullOrEmpty
        Get-FileState $live | Should -Be $state
    }

    It 'is known to every cmdlet that writes images, and to no other' {
        $commands = (Get-Module RpiLive).ExportedCmdlets.Values
        @($commands.Where{ $_.Parameters.ContainsKey('WhatIf') -ne ($_.Verb -in 'New', 'Set', 'Add', 'Remove') }) | Should -BeNullOrEmpty
        @($commands.Where{ $_.Parameters.ContainsKey('WhatIf') -ne $_.Parameters.ContainsKey('Confirm') }) | Should -BeNullOrEmpty
    }
}

Describe '-Confirm:$false' {
    It 'asks nothing, whatever $ConfirmPreference says' {
        $ConfirmPreference = 'Low'
        $quiet = @{ Confirm = $false; WarningAction = 'SilentlyContinue' }
        $image = New-RpiLiveImage $stock ([System.IO.Path]::Combine($folder, 'confirmed.img')) -CompressionLevel 1 @quiet |
            Set-RpiLivePersistence -Preset Logs -Label LOGS @quiet |
            Add-RpiLiveZram @quiet |
            Remove-RpiLivePersistence -All @quiet |
            Remove-RpiLiveZram @quiet
        $image.Name | Should -Be 'confirmed.img'
        $image.Zram | Should -BeNullOrEmpty
    }
}
